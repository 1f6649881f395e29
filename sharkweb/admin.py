"""The staff's admin as a whole: its name, a sign-in with the site's own throttle, and what is not
in it.
"""

from allauth.account.decorators import secure_admin_login
from django.apps import apps
from django.contrib import admin

admin.site.site_header = admin.site.site_title = "SharkAPI staff"
admin.site.index_title = "What needs looking at"
# Staff sign in where everyone does: one throttle, one set of rules.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # As allauth documents it.

# A schedule may name any function of ours, and a verified address is what a trial is given for:
# both are the program's to write, not staff's.
for app in ("django_q", "account"):
    for model in apps.get_app_config(app).get_models():
        if admin.site.is_registered(model):
            admin.site.unregister(model)
