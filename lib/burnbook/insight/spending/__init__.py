"""Where the tokens went: tools, MCP servers, skills, subagents, caches, and unusual sessions."""
