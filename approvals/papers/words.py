"""One clear sentence for every reason why a file is not taken."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from approvals.papers.kinds import Bad

SENTENCES = {
    "EMPTY": noop("The file is empty."),
    "TOO_LARGE": noop("The file is larger than %(limit)s MB."),
    "EXTENSION": noop("Files of the type “%(extension)s” are not taken: send PDF, Word, Excel, PNG or JPEG files."),
    "DOUBLE_EXTENSION": noop("The name of the file has two endings; give it one that says what it is."),
    "WRONG_MAGIC": noop("The content is not that of a .%(extension)s file; save it anew in the right format."),
    "WEB_PAGE": noop("The file is a web page or drawing with code, not a document."),
    "POLYGLOT": noop("Two files are hidden in one; save the document anew and send it alone."),
    "TRUNCATED": noop("The file is incomplete; please send it again."),
    "UNREADABLE": noop("The file is damaged and cannot be opened as .%(extension)s."),
    "TOO_COMPLEX": noop("The file could not be checked within the limits; print it to a new PDF and send that."),
    "TOO_MANY_PIXELS": noop("The picture has more than %(limit)s million pixels; please send a smaller one."),
    "ENCRYPTED": noop("The file is protected by a password; remove the protection and send it again."),
    "ENCRYPTED_OR_OLD": noop("The file has a password or an old Office format; save it as .docx or .xlsx."),
    "ZIP_BOMB": noop("The file unpacks to far too much; save the document anew."),
    "MACRO": noop("The file holds macros; save it without macros."),
    "XML_UNSAFE": noop("The file holds declarations that a document does not need; save it anew."),
    "EXTERNAL_LINK": noop("The document draws on other files; break the links and send it again."),
    "OLE_OBJECT": noop("The document holds embedded objects; insert them as pictures or send them as files."),
    "PDF_SCRIPT": noop("The PDF holds scripts; print it to a new PDF and send that."),
    "PDF_LAUNCH": noop("The PDF starts other programs; print it to a new PDF and send that."),
    "PDF_EMBEDDED": noop("The PDF has files attached; send these one by one."),
    "VIRUS": noop("The virus scanner found “%(name)s” in this file."),
}


def sentence(bad: Bad) -> str:
    """Why the file is not taken, in the reader's language."""
    return _(SENTENCES[bad.code]) % bad.params
