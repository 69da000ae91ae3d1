"""Tests of what wizard and preferences share: the flow, certificates, the browser, unlocking."""
