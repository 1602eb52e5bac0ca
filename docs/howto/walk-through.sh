#!/usr/bin/env bash
# A walk through the screens in tmux, on the invented county: what is on the screen after each step is printed.
#
#     docs/howto/walk-through.sh [COLUMNS LINES [LANGUAGE]]        80 24 zh, unless said otherwise
#
# Needs tmux and sledger on the path. Everything is made in a new folder, which is removed at the end.
set -euo pipefail
columns=${1:-80} lines=${2:-24} language=${3:-zh}
folder=$(mktemp -d)
terminal=(tmux -u -L "walk-$$")
trap '"${terminal[@]}" kill-server 2>/dev/null || true; rm -rf "$folder"' EXIT
export HOME=$folder XDG_DATA_HOME=$folder/data XDG_CONFIG_HOME=$folder/config XDG_STATE_HOME=$folder/state
cd "$folder"
sledger --lang "$language" demo --no-tui
printf '%s\n' 姓名,单位,编制类型,出生日期,何时来 合成甲,T1-RD,行政编制,1980-01,去年 \
  合成乙,T1-RD,行政编制,2023年13月, >people.csv

see() { # the words that must come, within half a minute; then the screen
  for _ in $(seq 60); do
    if "${terminal[@]}" capture-pane -p | grep -q -- "$1"; then
      sleep 0.5
      echo "== $2"
      "${terminal[@]}" capture-pane -p
      return
    fi
    sleep 0.5
  done
  echo "never shown: $1" >&2
  "${terminal[@]}" capture-pane -p >&2
  exit 1
}
step() { # the words that must come; what is done; its keys, with half a second between them
  local words=$1 told=$2
  shift 2
  for keys in "$@"; do
    "${terminal[@]}" send-keys "$keys"
    sleep 0.5
  done
  see "$words" "$told"
}

"${terminal[@]}" new-session -d -x "$columns" -y "$lines" "sledger --lang $language demo"
if [ "$language" = zh ]; then
  list=单位 found=诸葛衣裳 date=跳到日期 replay=#[0-9] alerts=每日扫描 reports='借出 [0-9]'
  menu=导入表格 files=修改时间 undated=截止日期 checked=被拒绝 typed=只登记 done=已登记
else
  list=Unit found=诸葛衣裳 date='Go to date' replay=#[0-9] alerts="daily scan" reports='Lent [0-9]'
  menu='Import a spreadsheet' files=Changed undated='Closing date' checked='to be refused' typed='are left out' done='Rows recorded'
fi
see "$list" "the overview"
step "$date" "F4: another date" F4
step 2022-06-30 "the day of the town's report" 20220630 Enter
step "$found" "F3: the town by its initials" F3 yxz Enter
step 2022 "who is lent, and who came" 3
step "$replay" "F7: what was known on the first of June, and now" F4 20220630 Tab 20220601 Enter F7
step "$alerts" "F6: the alerts, none before the first scan" Escape F4 20220630 Tab C-u Enter F6
step '![1-9]' "a scan, and what it told" 3 C-s
step "$reports" "F8: registers" Escape F8
step "$menu" "F2: everything that can be recorded" Escape F2
step "$files" "a spreadsheet" Escape F9 drbg Enter
step "$undated" "which does not say for which day it is true" 1 C-u people.csv Enter
step "$checked" "checked, cell by cell; nothing is recorded" 20220630 Enter 1 Enter
step "$typed" "Ctrl+S asks for the number of rows" C-s
step "$done" "recorded" 1 C-s
