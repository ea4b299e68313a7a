"""Documents written as JSON, CSV, XLSX, PDF, or tables on a terminal. No figure is computed here, only written.

`tables` is what all outputs are written from, `layout` names its parts, `reading` and `records` make it from a
document; `text`, `spreadsheet` and `typeset` write it.
"""
