"""Where images are asked for in a browser: what is offered, the form, and the cards that wait."""
