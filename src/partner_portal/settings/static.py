"""Static files under hashed names, compressed; under their plain names until they have been collected."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class PortalStaticStorage(CompressedManifestStaticFilesStorage):
    """The compressed manifest storage, for a tree that may not be collected yet (a test, a tool).

    A name that no manifest lists is served as it is, by WhiteNoise's finders.
    """

    manifest_strict = False

    def hashed_name(self, name: str, content: object = None, filename: str | None = None) -> str:
        """The name with its hash; unchanged when the collected tree does not hold the file."""
        try:
            return str(super().hashed_name(name, content, filename))  # type: ignore[no-untyped-call]
        except ValueError:
            return name
