"""Undertow's pytest plugin, apart from `simulator` so that a suite which does not use it never imports that."""
