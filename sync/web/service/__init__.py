"""A service's own file: made from a sheet and its form (making.py), and edited in a page (app.py).

values.py names a file's values as the page's inputs, form.py turns what was typed into changes, rule_kinds.py knows the
plain rules, page.py shows a file with its problems.
"""
