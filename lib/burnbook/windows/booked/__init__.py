"""What is booked about windows: tables of the store, and BEFORE and AFTER of each agent."""
