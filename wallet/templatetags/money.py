"""Amounts in templates: `{{ micros|usd }}`, and counts: `{{ images|grouped }}`."""

from django import template

from wallet import amounts

register = template.Library()
register.filter("usd", amounts.usd)
register.filter("grouped", amounts.grouped)
