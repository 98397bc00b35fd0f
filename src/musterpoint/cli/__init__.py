"""The command line: translate, call one action, answer."""
