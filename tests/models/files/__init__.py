"""Tests of import and export: CSV and vCard."""
