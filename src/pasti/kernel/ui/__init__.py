"""The design system: templates, components, security headers, catalogues."""
