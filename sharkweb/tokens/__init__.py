"""The pages about API tokens: what a token is, `keys` knows; what it spent, `wallet` and
`generations` do. Here they are put together.
"""
