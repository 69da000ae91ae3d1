"""Records: persons, organizations, deals, leads and projects. Imports `accounts` and all below."""
