"""What screens are made of: the table, the lines above and below it, fields that take Chinese text and dates."""
