"""The registers an office prints, signs and files: what each holds, and how it looks as xlsx, csv, html and docx."""
