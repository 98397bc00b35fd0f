"""The tables of signing in. An account is how one person comes in by the browser; a token, how a program does.

Times are UTC. Tokens and links are shown once and kept as digests: whoever reads the database can use none.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models

from musterpoint.store.models import Person


class Accounts(BaseUserManager["Account"]):
    """Finds accounts by e-mail, in whatever case it was typed."""

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(email__iexact=username)


class Account(AbstractBaseUser, PermissionsMixin):
    """Signs in with its e-mail. `person` is whom the journal knows; several accounts may be one person's."""

    email = models.EmailField(unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="accounts")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Accounts] = Accounts()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = []

    def __str__(self) -> str:
        return self.email


class Link(models.Model):
    """A link that lets somebody in once: `set-up` (the first admin), `invitation` (joins with `role`, as `email` if it
    is given) or `sign-in` (of `person`)."""

    digest = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=20)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+")
    email = models.EmailField(default="", blank=True)
    role = models.CharField(max_length=20, default="responder")
    made_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Token(models.Model):
    """What a program shows to act as `person`. `scopes`: `read`, `write` and `admin`, separated by spaces."""

    digest = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    scopes = models.CharField(max_length=100, default="read")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class Answered(models.Model):
    """What a write through the API answered, under the key that its caller gave (`Idempotency-Key`); written in the
    transaction of the write, so that a repeat is answered and never done again."""

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request = models.CharField(max_length=64)
    status = models.IntegerField(default=0)
    body = models.TextField(default="")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["token", "key"], name="answered_once")]
        indexes: ClassVar = [models.Index(fields=["at"], name="answered_at")]
