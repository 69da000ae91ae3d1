"""The wizard's first pages: the address with its password, and the two servers."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from sync import providers
from sync.providers import Provider, ServerPlace
from sync.qt.probes.probe import Detected
from ui.forms import ports
from ui.forms.fields import (
    HintLabel,
    Notice,
    PasswordEdit,
    ServerFields,
    add_field,
)
from ui.setup import detection_words
from ui.setup.sign_in import flow, words
from ui.setup.sign_in.certificate_box import CertificateBoxes
from ui.setup.sign_in.open_line import OpenLine
from ui.setup.sign_in.secret_page import WizardPage
from ui.style.theme import Theme
from ui.widgets.still import StillComboBox


class AddressPage(WizardPage):
    """Asks who signs in: address, name, password, kind of account."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(
            theme,
            parent.tr("Add an email account"),
            parent.tr(
                "Your mail stays on your mail server; Dealpost keeps a copy on this computer."
            ),
            parent,
        )
        self.address = QLineEdit(self)
        self.address.setObjectName("address_edit")
        self.address.setPlaceholderText(self.tr("name@example.com"))
        self.address.setInputMethodHints(Qt.InputMethodHint.ImhEmailCharactersOnly)
        self.name = QLineEdit(self)
        self.name.setObjectName("name_edit")
        self.name.setPlaceholderText(self.tr("Shown to those you write to"))
        self.password = PasswordEdit(self)
        self.password.setObjectName("password_edit")
        self.hint = HintLabel(theme, "", self)
        self.hint.setTextFormat(Qt.TextFormat.RichText)
        self.hint.hide()
        self.kind = StillComboBox(self)
        self.kind.setObjectName("account_type_combo")
        self.kind.addItem(self.tr("Personal"), "personal")
        self.kind.addItem(self.tr("Team"), "team")
        self._kind_hint = HintLabel(theme, "", self)
        add_field(self.column, self.tr("Email &address"), self.address)
        add_field(self.column, self.tr("Your &name"), self.name)
        self.oauth_slot = QVBoxLayout()
        self.column.addLayout(self.oauth_slot)
        self._password_label = add_field(
            self.column, self.tr("&Password"), self.password, self.hint
        )
        add_field(self.column, self.tr("Account &type"), self.kind, self._kind_hint)
        self.column.addStretch(1)
        self._is_password_shown = True
        self.address.textChanged.connect(self._on_address)
        self.kind.currentIndexChanged.connect(self._on_kind)
        self._on_kind()

    def focus_first(self) -> None:
        first = self.password if self.address.text() else self.address
        if first.isHidden():
            first = self.name
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_password(self, is_shown: bool, *, is_other_way: bool = False) -> None:
        """Show the password's field, or hide it where the user signs in in the browser."""
        self._is_password_shown = is_shown
        self._password_label.setText(
            self.tr("Or with a &password") if is_other_way else self.tr("&Password")
        )
        self._password_label.setVisible(is_shown)
        self.password.setVisible(is_shown)
        self._on_address()

    @Slot()
    def focus_password(self) -> None:
        """The user prefers a password: go to its field."""
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def provider(self) -> Provider | None:
        """The well-known provider of the address, or None."""
        return providers.of_address(self.address.text().strip())

    @Slot()
    def _on_address(self) -> None:
        provider = self.provider()
        self.hint.setText(words.provider_hint(provider))
        self.hint.setVisible(bool(self.hint.text()) and self._is_password_shown)
        is_hopeless = provider is not None and (
            provider.password_sign_in_is_off or provider.imap is None
        )
        self.hint.set_tone("warning" if is_hopeless else "muted")

    @Slot()
    def _on_kind(self) -> None:
        if self.kind.currentData() == "team":
            text = self.tr("A shared address, such as sales@: its options are its own.")
        else:
            text = self.tr("Your own address. Personal accounts share your general settings.")
        self._kind_hint.setText(text)


class ServersPage(WizardPage):
    """Asks where to sign in. Servers are found or typed, and can always be changed."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent.tr("Mail servers"), "", parent)
        self._shown = {"imap": flow.NO_IMAP, "smtp": flow.NO_SMTP}
        self._shown_user = ""
        self._outside_notice = Notice(theme, "info", self)
        self._outside_notice.setObjectName("outside_notice")
        self.imap = ServerFields("imap", self.tr("&Receiving (IMAP)"), self)
        self.smtp = ServerFields("smtp", self.tr("&Sending (SMTP)"), self)
        self.oauth_slot = QVBoxLayout()
        self.column.addLayout(self.oauth_slot)
        self.column.addWidget(self._outside_notice)
        self.certificates = CertificateBoxes(theme, self)
        for part in (self.imap, self.certificates.imap, self.smtp, self.certificates.smtp):
            self.column.addWidget(part)
        self.column.addWidget(HintLabel(theme, words.usual_ports(), self))
        self._help = HintLabel(theme, "", self)
        self._help.setObjectName("provider_help")
        self._help.setTextFormat(Qt.TextFormat.RichText)
        self._help.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self._help.hide()
        self.column.addWidget(self._help)
        self.user_name = QLineEdit(self)
        self.user_name.setObjectName("user_name_edit")
        self.user_name.setPlaceholderText(self.tr("Same as the email address"))
        add_field(self.column, self.tr("Sign-in &name, if it is another one"), self.user_name)
        open_line = OpenLine(theme, self.imap, self.smtp, self)
        self.plain_text = open_line.check
        self.column.addWidget(open_line)
        self.column.addStretch(1)
        self.certificates.follow(self.imap, self.smtp)

    def focus_first(self) -> None:
        first = self.imap if not self.imap.host.text() else self.smtp
        first.host.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def is_typed(self) -> bool:
        """Whether the user typed both hosts, so that nothing is left to detect."""
        return all(
            fields.host.text() and fields.host.text() != self._shown[name].host
            for name, fields in (("imap", self.imap), ("smtp", self.smtp))
        )

    def fill(self, detected: Detected, domain: str) -> None:
        """Fill the fields that the user did not type in; clear what was another address's."""
        found = {"imap": detected.imap, "smtp": detected.smtp}
        for name, fields in (("imap", self.imap), ("smtp", self.smtp)):
            shown = self._shown[name]
            ours = found[name]
            place = flow.completed(fields.place(), shown, ours, ports.USUAL_PORTS[name])
            if place != fields.place():
                fields.fill(place)
                # What the user typed beside a found host stays the user's, also the next time.
                self._shown[name] = ours or ServerPlace("", shown.port, shown.security)
        user_name = flow.hinted_user(detected)
        if self.user_name.text().strip() == self._shown_user:
            self.user_name.setText(user_name)
            self._shown_user = user_name
        self.sentence.setText(detection_words.found_text(detected, domain))
        self._outside_notice.say(detection_words.outside_text(detected, domain))
        self._help.setText(detection_words.help_link(detected, domain))
        self._help.setVisible(bool(self._help.text()))
