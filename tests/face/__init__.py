"""How the pages look and weigh: axe, budgets, hostile texts, and a picture of every page."""
