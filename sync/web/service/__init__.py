"""A service's own file: made from a sheet and its form (making.py), and edited in a page (app.py).

form.py turns the page's fields into changes, rule_kinds.py knows the plain rules, page.py shows a file with its problems.
"""
