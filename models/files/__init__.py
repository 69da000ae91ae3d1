"""Files: records from CSV and vCard, and to them. Imports `intake`, `queries` and all below."""
