"""A page as a PDF, tagged for screen readers. Nothing is fetched: what a page needs is in it."""

from __future__ import annotations

from typing import Any

from callout.errors import CalloutError

_REMEDY = "Install what it needs: pip install 'callout[pdf]', and the library Pango; or take --format html."


def pdf_of(page: str) -> bytes:
    """The PDF (PDF/UA-1) of one of our own pages; what it names elsewhere is left out, never fetched.

    Raises CalloutError where WeasyPrint, or a library that it needs, is not there.
    """
    written: bytes = laid_out(page).write_pdf(pdf_variant="pdf/ua-1")
    return written


def laid_out(page: str) -> Any:
    """WeasyPrint's document of a page of ours, to be written in whatever variant. Raises CalloutError like `pdf_of`."""
    try:
        import weasyprint
        from weasyprint.urls import URLFetcher
    except ImportError:
        sentence = "PDFs are made by WeasyPrint (68 or newer), which is not installed here."
        raise CalloutError(sentence, _REMEDY) from None
    except OSError as error:  # what its loader of C libraries says
        missing = (str(error).splitlines() or ["unknown"])[0][:160]
        raise CalloutError(f"WeasyPrint is there, but not a library that it needs: {missing}.", _REMEDY) from None
    return weasyprint.HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=()))
