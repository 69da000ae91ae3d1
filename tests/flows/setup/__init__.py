"""Flows of the first start and of the wizard, against real servers."""
