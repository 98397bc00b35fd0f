"""A fake Slack workspace: a server with state that the real `slack_sdk` client talks to. See `workspace.py`."""
