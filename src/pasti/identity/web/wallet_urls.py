"""Paths: The holder's own pages."""

from django.urls import path

from pasti.identity.web import wallet_pages

urlpatterns = [path("dompet/", wallet_pages.wallet, name="wallet_page")]
