"""The screens of the ledger in a terminal. They know entries, questions and answers; no table, no rule, no SQL."""
