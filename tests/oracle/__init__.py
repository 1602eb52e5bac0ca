"""An independent oracle: every entry and every answer worked out anew by scanning all entries.

Written from the specification alone (1.1-1.7, 2.2, 2.3), with no indexes; it imports nothing of
`ledger`. Where the text is silent it does what a personnel officer would expect. These choices:

Units
 1. 1.2 "Days, not order": tree, names and T(u) of a day are those after all entries of that day.
 2. 1.2 A unit ended on the day of its establishment never existed; recording that is legal, and any
    other entry that names it is refused.
 3. 1.3 The entry that ends a unit need not find it existing after itself; a second end is refused.
 4. 1.2 "Never above itself" is judged on the tree of each day's end, mergers included.
 5. 1.2 T of an abolished unit (an old host in a chain) uses its last parent.
 6. 1.2 No unit is stationed at itself: such an entry is refused; after a merger it counts as null.
 7. 1.2 `unit_stationed` is for dispatched offices only, also with null.
 8. 2.2 `unit_moved` needs a parent; a unit below another cannot become a root.
 9. 1.2 After a reversal of its establishment a code may be established again.
10. 1.3 Abolition looks at days: whom a period within one day puts there does not count; a leader
    position at an abolished unit stops no abolition and counts nowhere from then on.
People
11. 1.3 "Inside the host's T" means: T(target) = T(host); likewise for home. If both hold (after a
    reorganisation), the secondment is converted.
12. 1.3 `person_described` before the first hire in timeline order is refused.
13. 2.3 `since` of a charge = day of the last hire or
    transfer, also if only the kind changed; a merger or move of the unit does not change it.
14. 1.3 Off-establishment people may be seconded, transferred, on leave, appointed like others.
15. 2.3 `person`: name is null before the first hire; `reversed_entries` holds reversed and corrected
    entries that named the person (in a correction: its replacement), by position.
16. 2.3 `periods` hold only days on the register; unit and host are canonical, so a merger splits them.
Quotas
17. 1.4 A temporary `quota_set` leaves earlier temporary grants in force; its amount is posts minus
    the number before it, where no number counts as 0.
18. 1.4 `quota_moved` leaves temporary grants with the giver; needs posts >= 1 and two different units;
    a receiver without a record gets one.
19. 1.4 A grant is named by the id or position of any version of it: a corrected grant is still the
    one that the cancellation names, if it still is a temporary grant of that unit and kind.
20. 1.4 `quota_cancelled` and the giving leg may name an abolished unit, never a merged one.
21. 1.4 Leaders are positions, not persons; a rank is listed with a number or with a counting position.
22. 1.3 Hard quota: refused if on any day from the entry's on (of a reversal: the original's; of a
    correction: the earlier) on which the policy of that day says hard, on_roll minus the own number of
    some (unit, kind) is above 0 and higher than without the entry. Every type is judged so.
Entries
23. 2.2 An unfit entry (type, key, value) is a refusal; the id is compared before legality.
24. 2.2 A missing key is null: `until` of a start and `stationed_at` may be missing; `until` of an
    extension may not be null.
25. 2.2 A replacement has no id of its own and is neither a reversal nor a correction.
26. 1.1 [1949-10-01, recorded date + 10 years] has both ends inside; a 29 February ends on the 28th.
27. 1.3 A refusal names a later entry only if the new one is legal in its own place.
28. 1.3 Text refers by id, a number by position; a correction's id or position names the replacement.
Answers
29. 2.3 A question about a unit that does not exist on the day has no rows (headcount, roster,
    secondments) and null in a curve.
30. 2.3 Roster: `status` and `since` follow the scope asked (a loan inside it leaves the person
    present, since the charge); `host` and `until` are given whenever a secondment runs.
31. 1.4 `dispatched_in` counts people of any kind.
32. 1.4 Own scope: the leader quota is the unit's own record, like the quota.
33. 1.5 Chains hold secondments started on or before D; gap_days is the newest value by (date, place).
Findings (docs/decisions/0017)
34. 1.6 A chain that begins otherwise, under another gap or tree, is another subject: the run begins there.
35. 1.6 `paper_return`: the last earlier secondment at the host counts, whatever lay in between.
36. 1.6 Levels are those of the statutory units on the start date; `minimum_service` is unknown where, earlier
    in this service, the person was charged to a unit of unknown level before the first township's.
37. 1.6 `retirement_soon` ends on the statutory date; without a fact both rules are unknown.
38. 1.7 A birth date given anew has the precision given with it, or is a day.
39. 1.6 An identity that the policy's matrix does not list may hold no post.
40. 1.6 An open first term is never `term_over_limit`.
Findings about units (docs/decisions/0014)
41. 1.6 `orphan_quota`: (a) needs more than 0 posts; (b) needs a number of the old parent's own on the day
    before the move too, and ends when the unit is below it again or the old parent is gone.
42. 1.6 `temporary_quota_expired` names the unit that holds the grant on D; an unlimited number set ends it.
43. 1.6 `exit_only`: who is gone by the evening, or out and back by transfers within a day, breaks no freeze.
44. 1.2 A freeze ends with `until`, or on the day its unit is merged or abolished.
"""

from tests.oracle.oracle import Oracle

__all__ = ["Oracle"]
