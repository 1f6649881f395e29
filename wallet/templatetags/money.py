"""Amounts in templates: `{{ micros|usd }}`."""

from django import template

from wallet import amounts

register = template.Library()
register.filter("usd", amounts.usd)
