"""Updates config/prices.json from the genai-prices package."""
