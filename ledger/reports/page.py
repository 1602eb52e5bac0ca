"""A register as one HTML page to print or to hang on a board; everything in it is escaped, nothing is loaded."""

from __future__ import annotations

from typing import IO

from jinja2 import Environment, StrictUndefined

from ledger.locale import _, language
from ledger.reports.model import SIGNATURES, Register
from ledger.reports.tracing import printed

_PAGE = """<!doctype html>
<html lang="{{ 'zh-CN' if language == 'zh' else 'en' }}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{{ register.title }}</title>
<style>
@page { size: A4 landscape; margin: 14mm; }
body { font: 11pt/1.5 FangSong, 仿宋, "Noto Serif CJK SC", serif; color: #111; margin: 1.5em; }
h1 { font: 22pt/1.3 "FZXiaoBiaoSong-B05S", 方正小标宋简体, "Noto Serif CJK SC", serif; text-align: center; margin: 0; }
h2 { font: bold 13pt SimHei, 黑体, "Noto Sans CJK SC", sans-serif; margin: 1.2em 0 .3em; }
.head { display: flex; justify-content: space-between; margin: .4em 0; }
table { border-collapse: collapse; width: 100%; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: 1px solid #555; padding: 3px 6px; text-align: left; vertical-align: top; }
th { background: #d9e1f2; font-family: SimHei, 黑体, "Noto Sans CJK SC", sans-serif; text-align: center; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
td.under { color: #c00000; }
tr.total td { font-weight: bold; border-top: 2px solid #111; }
.signatures { display: flex; gap: 8em; margin-top: 1.5em; }
.small { font-size: 8pt; color: #595959; margin-top: 1em; overflow-wrap: anywhere; }
.none { color: #595959; }
</style>
</head>
<body>
<h1>{{ register.title }}</h1>
<div class="head">{% for line in register.head %}<span>{{ line }}</span>{% endfor %}</div>
{% for block in register.blocks %}
{% if register.blocks|length > 1 %}<h2>{{ _(block.title) }}</h2>{% endif %}
{% if block.rows %}
<table>
<thead><tr>{% for one in block.fields %}<th>{{ _(one.title) }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in block.rows %}<tr>{% for cell in row %}{{ td(cell) }}{% endfor %}</tr>
{% endfor %}{% if block.total is not none %}
<tr class="total">{% for cell in block.total %}{{ td(cell) }}{% endfor %}</tr>
{% endif %}</tbody>
</table>
{% else %}<p class="none">{{ _("None.") }}</p>{% endif %}
{% if block.note %}<p>{{ block.note }}</p>{% endif %}
{% endfor %}
<div class="signatures">{% for one in signatures %}<span>{{ _(one) }}：</span>{% endfor %}</div>
<p class="small">{{ register.small_print|join("；") }}{% for line in traces %}<br>{{ line }}{% endfor %}</p>
</body>
</html>
"""


def write_html(file: IO[bytes], register: Register) -> None:
    """Write the page. Raises OSError."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    page = environment.from_string(_PAGE)
    text = page.render(
        register=register, traces=printed(register), signatures=SIGNATURES, language=language(), _=_, td=_td
    )
    file.write(text.encode("utf-8", "backslashreplace"))


def _td(cell: object) -> object:
    from markupsafe import Markup, escape

    if isinstance(cell, int):
        kind = "n under" if cell < 0 else "n"
        return Markup("<td class='{}'>{}</td>").format(kind, cell)
    return Markup("<td>{}</td>").format(escape("" if cell is None else cell))
