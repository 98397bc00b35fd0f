"""The forms of coming in."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import SignupForm
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password

from musterpoint.accounts import joining, opening
from musterpoint.accounts.models import Account, Link
from musterpoint.core.decision import NotAllowed
from musterpoint.process import in_force
from musterpoint.store.models import Person


class SignUp(SignupForm):  # type: ignore[misc]  # has no types
    """Joining by the domain of one's address: allauth's form, for those domains alone."""

    def clean_email(self) -> str:
        domain = str(self.cleaned_data["email"]).rpartition("@")[2].casefold()
        if domain not in {each.casefold() for each in in_force().join_domains}:
            raise forms.ValidationError("With this address you need an invitation. Ask an admin for one.")
        return str(super().clean_email())


class _NewPassword(forms.Form):
    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def account(self) -> Account:
        return Account(email=self.cleaned_data.get("email", ""))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if password := data.get("password"):
            try:
                validate_password(password, self.account())
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data


class Join(_NewPassword):
    """Name, e-mail and password of a new account. Somebody who is known here already keeps their name."""

    name = forms.CharField(label="Your name", max_length=joining.LONGEST_NAME)
    email = forms.EmailField(label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    field_order = ["name", "email", "password"]

    def __init__(self, *arguments: Any, link: Link, person: Person | None, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.person = person
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        if person is not None:
            del self.fields["name"]
        if link.email:
            self.fields["email"].initial = link.email
            self.fields["email"].disabled = True

    def clean_name(self) -> str:
        name = joining.cleaned(self.cleaned_data["name"])
        try:
            joining.must_be_free(name, in_force())
        except NotAllowed as error:
            raise forms.ValidationError(f"{error.message} {error.hint}") from error
        return name

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).casefold()
        if email.endswith(f"@{opening.NOWHERE}") or not opening.is_free(email):
            raise forms.ValidationError("Another account has this address. Sign in with it, or give another one.")
        return email


class SetUp(Join):
    """The first account: of the person whom `init` made, or of another one."""

    known = forms.BooleanField(required=False, initial=True)
    field_order = ["known", "name", "email", "password"]

    def __init__(self, *arguments: Any, link: Link, **named: Any) -> None:
        super().__init__(*arguments, link=link, person=None, **named)
        self.known_person = link.person
        if link.person is None:
            del self.fields["known"]
        else:
            self.fields["known"].label = f"I am {link.person.name}, whom “musterpoint init” made"
            self.fields["name"].required = False
            self.fields["name"].help_text = f"How others call you; empty: {link.person.name}."

    def clean_name(self) -> str:
        if self.cleaned_data.get("known") and not joining.cleaned(self.cleaned_data["name"]):
            return ""
        if not joining.cleaned(self.cleaned_data["name"]):
            raise forms.ValidationError("Write how others call you.")
        return super().clean_name()


class SignIn(_NewPassword):
    """By a sign-in link; whoever forgot their password chooses a new one at once."""

    def __init__(self, *arguments: Any, signs_in: Account, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.signs_in = signs_in
        self.fields["password"].required = False
        self.fields["password"].label = "A new password (optional)"

    def account(self) -> Account:
        return self.signs_in
