"""Tests of everything that talks to a server or takes mail apart."""
