"""What is wrong on a date, by the rules of spec 1.6: pure functions of the entries known, the date and the policy."""
