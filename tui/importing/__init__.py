"""F2, import: a spreadsheet is checked, what is wrong is listed by its cell, and then it is recorded."""
