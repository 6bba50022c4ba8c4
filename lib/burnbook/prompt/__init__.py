"""The line for an agent's prompt, and the answer that is kept for the next one."""
