"""The local web channel: a chat channel in the browser, served by the bot itself."""
