"""What the bot makes of a paper: clean, identify, summarise, tag, rank. Pure."""
