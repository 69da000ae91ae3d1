"""Tests of HTML made safe."""
