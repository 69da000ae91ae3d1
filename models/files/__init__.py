"""Files: records come in from CSV and vCard, and go out. Imports `intake`, `queries` and all below."""
