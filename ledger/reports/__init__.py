"""What goes on paper: letters, and the registers an office prints, signs and files, as xlsx, csv, html and docx."""
