"""The preview of a letter, for whoever writes its template: a page that shows what the press makes of it.

app.py answers the browser, proof.py makes the letter or says what is wrong, pictures.py reads the PDF, files.py knows
which files a letter comes from. What is shown is handed in by the command line; nothing here reads settings or a ledger.
"""
