"""A small, stateful stand-in for Stripe's API, for running and testing without an account.

A process of its own on the loopback interface, to which the official library talks over HTTP. It
plays what SharkAPI uses and refuses the rest as unknown; it knows nothing of the project, and
must never be the payment service of a real deployment. `control` says what can be made to happen.
"""
