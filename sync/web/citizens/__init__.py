"""The office's pages for citizens: services.py says what is offered, place.py and shelf.py make the pages that are the same
for everybody, status.py and letter_again.py answer one applicant, app.py serves all of it, messages.py puts links into mails."""
