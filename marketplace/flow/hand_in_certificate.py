"""A cooperative hands in a certificate: the paper itself is kept by its content, the certificate waits."""

from dataclasses import replace

from sqlalchemy.orm import Session

from marketplace.catalogue import service as catalogue
from marketplace.catalogue.types import Certificate, CertificateDraft
from marketplace.kernel import files
from marketplace.kernel.storage import FileStore


def keep_evidence(content: bytes, store: FileStore) -> str:
    """Keep a PDF or a picture of the paper, as it came; refuses (FileRefused) anything else.

    Done before the transaction: a file that no certificate names does no harm, the same one is kept once.
    """
    files.check(content)
    return store.put(content)


def hand_in(session: Session, draft: CertificateDraft, evidence_digest: str) -> Certificate:
    """Submit a certificate with its kept paper; refuses like ``submit_certificate``."""
    return catalogue.submit_certificate(session, replace(draft, evidence_digest=evidence_digest))
