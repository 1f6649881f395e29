"""Today's figures in a template that no view of ours renders: the admin's home page."""

from django import template

from sharkweb import today

register = template.Library()


@register.simple_tag
def todays_figures() -> today.Today:
    """As `sharkweb.today.read` gives them."""
    return today.read()
