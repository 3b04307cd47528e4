"""Django's settings. Everything that differs between machines comes from `pasti.platform.environment`."""

from __future__ import annotations

import json
from pathlib import Path

import yaml
from psycopg.conninfo import conninfo_to_dict

from pasti.platform import environment

ENV = environment.read()
PACKAGE = Path(__file__).resolve().parent

SECRET_KEY = ENV.secret_key
DEBUG = ENV.debug
ALLOWED_HOSTS = ["*"]  # the reverse proxy decides which names reach us; no link is built from the Host header
PASTI_DEMO = ENV.demo
PASTI_BASE_URL = ENV.base_url
PASTI_LIVE_URL = ENV.live_url
PASTI_CITY_PACK = Path(ENV.city)
PASTI_DATA_DIR = ENV.data_dir
PASTI_APP_ROLE = "pasti_app"
PASTI_SIGNATURE = ENV.signature
PASTI_BSRE_URL, PASTI_BSRE_USER, PASTI_BSRE_PASSWORD = ENV.bsre_url, ENV.bsre_user, ENV.bsre_password
PASTI_BPJS_USER, PASTI_BPJS_PASSWORD = ENV.bpjs_user, ENV.bpjs_password
PASTI_BPJS_URL, PASTI_BPJS_CONS_ID = ENV.bpjs_url, ENV.bpjs_cons_id
PASTI_BPJS_SECRET, PASTI_BPJS_USER_KEY = ENV.bpjs_secret, ENV.bpjs_user_key
PASTI_EWS_GATEWAYS = json.loads(ENV.ews_gateways or "{}")
PASTI_PUSH_HOSTS: tuple[str, ...] = ()  # instead of the push services of the usual browsers; for tests
PASTI_MQTT_URL, PASTI_MQTT_SECRETS, PASTI_MQTT_SESSION = ENV.mqtt_url, ENV.mqtt_secrets, ENV.mqtt_session
PASTI_CAP_FEEDS = ENV.cap_feeds.split()

_city = PASTI_CITY_PACK / "city.yaml"
PASTI_CITY = yaml.safe_load(_city.read_text()) if _city.exists() else {}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
    "pasti.kernel.ui",
    "pasti.kernel.audit",
    "pasti.kernel.outbox",
    "pasti.kernel.places",
    "pasti.kernel.accounts",
    "pasti.kernel.notify",
    "pasti.kernel.documents",
    "pasti.kernel.publish",
    "pasti.kernel.api",
    "pasti.civil",
    "pasti.identity",
    "pasti.telemetry",
    "pasti.siap_pak_rt",
    "pasti.purut",
    "pasti.ews",
    "pasti.masterplan",
    "pasti.portal",
    "ninja",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "oauth2_provider",
    "procrastinate.contrib.django",
]
# The house is built floor by floor: a package without an apps.py is not inhabited yet.
INSTALLED_APPS = [
    a for a in INSTALLED_APPS if not a.startswith("pasti.") or (PACKAGE / Path(*a.split(".")[1:]) / "apps.py").exists()
]

MIDDLEWARE = [
    "pasti.kernel.api.characters.NoNul",
    "pasti.kernel.api.fast_path.ApiFastPath",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "pasti.kernel.ui.security.SecurityHeaders",
    "pasti.kernel.ui.security.PersonalPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pasti.kernel.accounts.middleware.RequestContext",
    "pasti.portal.web.second_factor.SecondFactor",
]

ROOT_URLCONF = "pasti.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Templates lie beside the views that use them, in each system's `web/`.
        "DIRS": sorted(PACKAGE.glob("**/web/templates")),
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "pasti.kernel.ui.context.platform",
                "pasti.portal.web.context.person",
            ]
        },
    }
]
FORM_RENDERER = "pasti.kernel.ui.forms.PastiFormRenderer"


def _database(url: str) -> dict[str, object]:
    parts = conninfo_to_dict(url)
    options: dict[str, object] = {"prepare_threshold": 5}
    if ENV.one_login and not ENV.as_owner:  # a login that owns the tables steps down to the application role
        options["assume_role"] = PASTI_APP_ROLE
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", ""),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": parts.get("port", ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


# `pasti prepare` (migrations, the city pack, the synthetic city) works as the owner; nothing else does.
DATABASES = {"default": _database(ENV.owner_url if ENV.as_owner else ENV.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    # NIST SP 800-63B-4: length counts, composition rules are forbidden, known passwords are refused.
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/masuk/"
LEVEL_URL = "/id/tingkat/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "pasti.identity.web.login_adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_USER_DISPLAY = str
# Wrong passwords and codes are counted by `identity.services.lockout`: by account and address together.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}
MFA_ADAPTER = "pasti.identity.web.login_adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "pasti.identity.web.login_forms.CodeForm",
    "reauthenticate": "pasti.identity.web.login_forms.CodeAgainForm",
    "add_webauthn": "pasti.identity.web.login_forms.AddPasskeyForm",
}
MFA_TOTP_ISSUER = "PASTI"
MFA_TOTP_TOLERANCE = 1  # one step before and after, for clocks and slow fingers (RFC 6238, 5.2)
PASTI_SECOND_FACTOR = True  # officials do not get past the door without one; only tests of other things turn it off
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = ENV.insecure_http  # http on the own machine; browsers allow it for localhost only
MFA_RATE_LIMITS = {"webauthn_login": "600/m/ip"}  # a whole office shares one address; a passkey cannot be guessed
SESSION_COOKIE_AGE = 14 * 24 * 3600

SECURE = ENV.base_url.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not ENV.insecure_http
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "pasti.kernel.ui.web.unsent.csrf_failure"
CSRF_TRUSTED_ORIGINS = [ENV.base_url]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 0 if ENV.insecure_http else 63072000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "bahasa"
USE_I18N = True
USE_TZ = True
TIME_ZONE = PASTI_CITY.get("timezone", "Asia/Jakarta")

STATIC_URL = "/static/"
STATIC_ROOT = ENV.data_dir / "static"
MEDIA_ROOT = ENV.data_dir / "files"
WHITENOISE_MAX_AGE = 31536000
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

OAUTH2_PROVIDER_APPLICATION_MODEL = "identity.Application"
# The strictest the library knows (RFC 9700); what it leaves open is in `identity.web.provider_validator`.
OAUTH2_PROVIDER = {
    "OIDC_ENABLED": True,
    "OIDC_ISS_ENDPOINT": ENV.base_url,
    "OAUTH2_VALIDATOR_CLASS": "pasti.identity.web.provider_validator.Validator",
    "SCOPES": dict.fromkeys(("openid", "profile", "email", "phone", "address", "nik", "domisili", "usia"), ""),
    "DEFAULT_SCOPES": ["openid"],
    "AUTHORIZATION_CODE_EXPIRE_SECONDS": 60,
    "ACCESS_TOKEN_EXPIRE_SECONDS": 600,
    "ID_TOKEN_EXPIRE_SECONDS": 600,
    "REFRESH_TOKEN_EXPIRE_SECONDS": 12 * 3600,
    "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": 0,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ROTATE_REFRESH_TOKEN": True,
    "PKCE_REQUIRED": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "OIDC_SUBJECT_TYPES_SUPPORTED": ["pairwise"],
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
}

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = ENV.data_dir / "mail"
DEFAULT_FROM_EMAIL = f"PASTI <pasti@{PASTI_CITY.get('domain', 'localhost')}>"

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"procrastinate": {"level": "WARNING"}, "django.server": {"level": "WARNING"}},
}
