"""The staff's admin as a whole: its name, and a sign-in with the site's own throttle."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin

admin.site.site_header = admin.site.site_title = "SharkAPI staff"
admin.site.index_title = "What needs looking at"
# Staff sign in where everyone does: one throttle, one set of rules.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # As allauth documents it.
